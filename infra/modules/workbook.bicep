// What an operator looks at: cycles, people, Graph, open work.
param location string
param tags object
param applicationInsightsId string

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  name: guid(resourceGroup().id, 'tenantsync')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'tenantsync'
    category: 'workbook'
    sourceId: applicationInsightsId
    version: '1.0'
    serializedData: replace(loadTextContent('../workbook.json'), '{applicationInsightsId}', applicationInsightsId)
  }
}
