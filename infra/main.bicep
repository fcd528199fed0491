// Everything that tenantsync needs in a subscription, for `azd up`. What must be there before: docs/deploy.md.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; all names derive from it.')
param environmentName string

@minLength(1)
@description('Region of all resources; one that offers Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Client id of the multi-tenant app registration that calls Microsoft Graph in both tenants.')
@minLength(36)
@maxLength(36)
param applicationId string

@description('Client id of the app registration that people sign in to, with the app roles Tenantsync.*.')
@minLength(36)
@maxLength(36)
param signInApplicationId string

@description('The Microsoft cloud of the tenants; it is also the one that this is deployed into.')
@allowed(['global', 'usGov', 'usGovDoD', 'china'])
param cloud string = 'global'

@description('Who gets a mail when an alert fires; empty: nobody.')
param alertEmail string = ''

@description('Nothing is written to any target tenant while this is true.')
param readOnly bool = false

@description('Storage is reached through private endpoints only.')
param privateNetwork bool = false

@description('A lock keeps the state from being deleted, by `azd down` too.')
param keepState bool = true

@description('Redundancy of the state.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@allowed(['3.11', '3.12', '3.13'])
param pythonVersion string = '3.12'

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-tenantsync-${token}'
    location: location
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: storageSku
    principalId: identity.outputs.principalId
    privateNetwork: privateNetwork
    keepState: keepState
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    principalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    storageId: storage.outputs.id
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    packagesUri: storage.outputs.packagesUri
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    subnetId: privateNetwork ? network.outputs.appSubnetId : ''
    applicationId: applicationId
    signInApplicationId: signInApplicationId
    cloud: cloud
    readOnly: readOnly
    pythonVersion: pythonVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    email: alertEmail
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    applicationInsightsId: monitoring.outputs.applicationInsightsId
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_NAME string = app.outputs.name
output SERVICE_API_URI string = app.outputs.uri
output TENANTSYNC_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
output TENANTSYNC_IDENTITY_CLIENT_ID string = identity.outputs.clientId
